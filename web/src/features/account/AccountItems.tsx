/** The person's own pages in the menu at the top right: password, sessions, tokens. */
export function AccountItems() {
  return null
}
