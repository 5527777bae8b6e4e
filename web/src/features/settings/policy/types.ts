import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']

export type Doc = Schemas['PolicyDocument']
export type Held = Schemas['PolicyHeld']
export type Role = Schemas['PolicyRole']
export type Grant = Schemas['PolicyGrant']
export type Scope = Schemas['PolicyScope']
export type Employee = Schemas['PolicyEmployee']
export type Task = Schemas['PolicyTask']
export type ToolRule = Schemas['PolicyToolRule']
export type Problem = Schemas['PolicyProblem']
export type Diff = Schemas['PolicyDiff']
export type Catalog = Schemas['PolicyCatalog']
export type Vocabulary = Schemas['PolicyVocabulary']
export type Term = Schemas['PolicyTerm']
export type ModelCollection = Schemas['Collection']
export type ModelField = Schemas['Field']

/** What may be granted, in display order. */
export const actions = ['view', 'create', 'update', 'delete', 'export'] as const
export type Action = (typeof actions)[number]

/** The actions that say which fields, and not only which rows. */
export const fieldActions = ['view', 'create', 'update'] as const satisfies readonly Action[]

/** Tags of fields and clearances, the lowest first. */
export const levels = ['public', 'internal', 'confidential', 'restricted'] as const
export type Level = (typeof levels)[number]

/** Stands for every field, page, tool or collection. */
export const every = '*'

/** The source that the built-in CRM lives in. */
export const mainSource = 'main'
