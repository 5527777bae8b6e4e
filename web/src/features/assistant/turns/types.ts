import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']

export type Conversation = Schemas['Conversation']
export type Turn = Schemas['ConversationTurn']
export type Call = Schemas['ConversationCall']
export type Chart = Schemas['Chart']
export type Screen = Schemas['Screen']
export type Withheld = Schemas['Withheld']

/** A call in a turn that runs: it may have no result yet. */
export type LiveCall = Call & { pending?: boolean }
