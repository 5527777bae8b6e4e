import type { Texts } from './i18n'

/** The English texts but for the settings', in a chunk of their own. */
export const english = import.meta.glob<Texts>(
  ['../shared/i18n/en.ts', '../features/**/i18n/en.ts', '!../features/settings/*/i18n/en.ts'],
  { eager: true },
)
