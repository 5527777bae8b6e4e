import type { components } from './schema.gen'

type Schemas = components['schemas']

export type Me = Schemas['Me']
export type Employee = Schemas['Employee']
export type Task = Schemas['Task']
export type Collection = Schemas['CollectionInfo']
export type Column = Schemas['Column']
export type Filter = Schemas['Filter']
export type QueryBody = Schemas['QueryBody']
export type Page = Schemas['PageAnswer']

/** What a field holds. The server's description says `string`: it may know more types than this app. */
export type FieldType =
  | 'text'
  | 'enum'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'money'
  | 'date'
  | 'timestamp'
  | 'relation'

export type Field = Omit<Schemas['FieldInfo'], 'type'> & { type: FieldType }

/** A value as the API sends it: money in units, dates as 2026-01-31, instants as RFC 3339. */
export type Value = string | number | boolean | null

/** A record as the person sees it. */
export type Row = { id: string; _hidden?: string[]; _version?: string } & Record<string, unknown>
