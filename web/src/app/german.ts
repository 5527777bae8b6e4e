import type { Texts } from './i18n'

/** The German texts but for the settings', in a chunk of their own. */
export const german = import.meta.glob<Texts>(
  ['../shared/i18n/de.ts', '../features/**/i18n/de.ts', '!../features/settings/*/i18n/de.ts'],
  { eager: true },
)

export { model } from './model.de'
