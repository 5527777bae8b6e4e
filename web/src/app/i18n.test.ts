import { describe, expect, it } from 'vitest'
import builtin from '../../../data/internal/model/testdata/builtin.json'
import { english } from './english'
import { englishSettings } from './englishSettings'
import { german } from './german'
import { germanSettings } from './germanSettings'
import { namespaceOf, type Texts } from './i18n'
import { model } from './model.de'

/** Every key with the places that its text fills in: `greeting {{name}}`. */
function shape(texts: object, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [`${prefix}${key} ${(value.match(/\{\{.*?\}\}|<\/?\d+>/g) ?? []).sort().join(' ')}`.trim()]
      : shape(value as object, `${prefix}${key}.`),
  )
}

describe('texts', () => {
  it('come in both languages with the same keys and the same places to fill in', () => {
    const byNamespace = (files: Record<string, Texts>) =>
      Object.fromEntries(Object.entries(files).map(([path, t]) => [namespaceOf(path), shape(t.default).sort()]))
    expect(byNamespace({ ...german, ...germanSettings })).toEqual(byNamespace({ ...english, ...englishSettings }))
  })

  it('are named after their folder', () => {
    expect(namespaceOf('../shared/i18n/en.ts')).toBe('common')
    expect(namespaceOf('../features/home/i18n/de.ts')).toBe('home')
    expect(namespaceOf('../features/settings/people/i18n/en.ts')).toBe('settings-people')
  })

  it('name all of the built-in model in German', () => {
    const missing: string[] = []
    const need = (group: keyof typeof model, name?: string) => {
      if (name && !(name in model[group])) missing.push(`${group}: ${name}`)
    }
    for (const collection of builtin) {
      need('collections', collection.name)
      for (const field of collection.fields as { name: string; description?: string; options?: string[] }[]) {
        need('fields', field.name)
        need('descriptions', field.description)
        for (const option of field.options ?? []) need('options', option)
      }
    }
    expect(missing).toEqual([])
  })
})
