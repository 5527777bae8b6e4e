/** What an option means, where its name says so: people learn a colour once. */
const known: Record<string, string> = {
  won: 'teal',
  customer: 'teal',
  converted: 'teal',
  accepted: 'teal',
  paid: 'teal',
  done: 'teal',
  active: 'teal',
  lost: 'red',
  declined: 'red',
  rejected: 'red',
  canceled: 'red',
  cancelled: 'red',
  disqualified: 'red',
  expired: 'red',
  former: 'gray',
  draft: 'gray',
  new: 'blue',
  open: 'blue',
  prospect: 'blue',
  prospecting: 'blue',
  sent: 'indigo',
  working: 'indigo',
  engaging: 'indigo',
  qualified: 'violet',
  negotiation: 'violet',
  proposal: 'violet',
}

/** The colour of an option's badge; grey for what has no meaning known here. */
export const optionColor = (option: string): string => known[option] ?? 'gray'
