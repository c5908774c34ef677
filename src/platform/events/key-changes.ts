/**
 * The NOTIFY channel on which a key's id is said when the key was revoked, got another expiry, or was
 * deleted. A trigger says it, so that no way of ending a key can forget to.
 */
export const keyChangesChannel = 'sluice_key_changes'
