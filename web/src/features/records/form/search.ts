/** What the address of an empty form fills in. */
export type FormSearch = {
  /** Id of the record that is duplicated. */
  copy?: string
  /** Values by field. */
  set?: Record<string, string>
}

export function readFormSearch(raw: Record<string, unknown>): FormSearch {
  const set =
    typeof raw.set === 'object' && raw.set !== null
      ? Object.fromEntries(Object.entries(raw.set).filter(([, value]) => typeof value === 'string'))
      : undefined
  return { ...(typeof raw.copy === 'string' ? { copy: raw.copy } : {}), ...(set ? { set } : {}) }
}
