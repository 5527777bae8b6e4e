import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'

/**
 * The texts of the app, a namespace for each feature. A feature adds its own with
 *
 *     declare module '@/app/i18n' { interface Namespaces { home: typeof en } }
 *
 * so that `t('home:greeting')` is checked by the compiler.
 */
// biome-ignore lint/suspicious/noEmptyInterface: features fill it
export interface Namespaces {}

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: Namespaces
  }
}

/** The same texts in another language; the compiler demands every key. */
export type Translation<T> = { [K in keyof T]: T[K] extends string ? string : Translation<T[K]> }

export const languages = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof languages

const remembered = 'remit-language'

/** What a file of texts exports. */
export type Texts = { default: object }

/** The namespace of a file of texts: `../features/settings/people/i18n/en.ts` is `settings-people`. */
export function namespaceOf(path: string): string {
  const folder = path.replace(/^.*?\/(shared|features)\//, '$1/').replace(/\/?i18n\/[a-z]+\.ts$/, '')
  return folder === 'shared' ? 'common' : folder.replace('features/', '').replaceAll('/', '-')
}

function preferred(): Language {
  const saved = localStorage.getItem(remembered)
  if (saved === 'en' || saved === 'de') return saved
  return navigator.languages.find(tag => /^(en|de)\b/.test(tag))?.startsWith('de') ? 'de' : 'en'
}

const instance: i18n = i18next.createInstance()

/** Whether a page of the settings was opened, so that their texts are wanted too. */
let settings = false

function add(language: Language, texts: Record<string, Texts>): void {
  for (const [path, one] of Object.entries(texts)) instance.addResourceBundle(language, namespaceOf(path), one.default)
}

/** Only the language that is spoken is loaded: a test sees to it that none lacks a text. */
async function load(language: Language): Promise<void> {
  if (!instance.hasResourceBundle(language, 'common'))
    add(language, language === 'de' ? await germanTexts() : (await import('./english')).english)
  if (settings && !instance.hasResourceBundle(language, 'settings-policy'))
    add(language, language === 'de' ? await germanSettings() : (await import('./englishSettings')).englishSettings)
}

/** Loads the texts of the settings' pages, which most people never open. */
export function loadSettingsTexts(): Promise<void> {
  settings = true
  return load(instance.language as Language)
}

const germanSettings = async () => (await import('./germanSettings')).germanSettings

async function germanTexts(): Promise<Record<string, Texts>> {
  const { german, model } = await import('./german')
  instance.addResourceBundle('de', 'model', model) // of the names in the model, which are English themselves
  return german
}

/** Makes the app speak a language, and remembers it. */
export async function speak(language: Language): Promise<void> {
  await load(language)
  await instance.changeLanguage(language)
  localStorage.setItem(remembered, language)
}

export async function startI18n(): Promise<i18n> {
  const language = preferred()
  instance.on('languageChanged', tag => {
    document.documentElement.lang = tag
  })
  await instance.use(initReactI18next).init({
    fallbackLng: false,
    defaultNS: 'common',
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
  })
  await load(language)
  await instance.changeLanguage(language)
  return instance
}
