import type { Row } from '@/api/types'

let row: Row | null = null

/** The card under the pointer. What a drag carries as text could come from elsewhere; this cannot. */
export const dragged = {
  begin: (card: Row) => {
    row = card
  },
  end: () => {
    row = null
  },
  present: () => row !== null,
  take: () => {
    const taken = row
    row = null
    return taken
  },
}
