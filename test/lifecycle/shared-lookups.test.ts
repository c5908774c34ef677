import { expect, test } from 'vitest'
import { SharedLookups } from '../../src/lifecycle/shared-lookups.ts'

/** Looks that end when they are told to, and say how many they were. */
function startLooking() {
  const looks: PromiseWithResolvers<string>[] = []
  const lookups = new SharedLookups((key) => {
    const look = Promise.withResolvers<string>()
    looks.push(look)
    return look.promise.then((seen) => `${key}: ${seen}`)
  })
  return { lookups, looks }
}

test('whoever asks while a key is being looked up gets what the next look sees', async () => {
  const { lookups, looks } = startLooking()
  const first = lookups.find('key')
  const others = [lookups.find('key'), lookups.find('key')]
  expect(looks).toHaveLength(1)
  looks[0]!.resolve('valid')
  expect(await first).toBe('key: valid')
  await expect.poll(() => looks.length).toBe(2)
  looks[1]!.resolve('revoked')
  expect(await Promise.all(others)).toEqual(['key: revoked', 'key: revoked'])
  const later = lookups.find('key')
  expect(looks).toHaveLength(3)
  looks[2]!.resolve('valid again')
  expect(await later).toBe('key: valid again')
})

test('a look that fails is an error for those who share it only', async () => {
  const { lookups, looks } = startLooking()
  const first = lookups.find('key')
  const second = lookups.find('key')
  looks[0]!.reject(new Error('Connection terminated unexpectedly'))
  await expect(first).rejects.toThrow('Connection terminated')
  await expect.poll(() => looks.length).toBe(2)
  looks[1]!.resolve('valid')
  expect(await second).toBe('key: valid')
})

test('a key whose look takes long keeps no other waiting', async () => {
  const { lookups, looks } = startLooking()
  void lookups.find('slow')
  const quick = lookups.find('quick')
  looks[1]!.resolve('valid')
  expect(await quick).toBe('quick: valid')
})
