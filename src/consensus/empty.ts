/** Whether a table has no rows; without making a list of its keys, for it is asked with every message. */
export const isEmpty = (table: object): boolean => {
  for (const _ in table) return false
  return true
}
