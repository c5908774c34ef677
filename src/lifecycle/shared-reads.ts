import DataLoader from 'dataloader'

/** Keys of one read: what a statement can be given without being slow to plan. */
const maxKeys = 1_000

/**
 * A loader whose reads follow one another: whoever asks while one is on its way is answered by the next,
 * together with all others, and keys of the same name share one answer. So a thousand who ask within a
 * moment cost a few reads, and each answer was read after it was asked for: nothing is remembered.
 */
export function sharedReads<Key, Value>(
  nameOf: (key: Key) => string,
  read: (keys: readonly Key[]) => Promise<(Value | Error)[]>,
): DataLoader<Key, Value, string> {
  let last: Promise<unknown> = Promise.resolve()
  const loader = new DataLoader<Key, Value, string>(
    (keys) => {
      // From here on, what is asked for again is read again.
      loader.clearAll()
      const answers = read(keys)
      last = answers.catch(() => {})
      return answers
    },
    {
      maxBatchSize: maxKeys,
      cacheKeyFn: nameOf,
      // Not before all that has arrived was looked at: messages of many sockets come in one turn.
      batchScheduleFn: (dispatch) => void last.then(() => setImmediate(dispatch)),
    },
  )
  return loader
}
