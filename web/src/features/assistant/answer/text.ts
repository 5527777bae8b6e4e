/**
 * Makes text of models and records safe to look at: what is not to be seen is
 * shown, and what looks like other letters is told. Nothing here is about
 * meaning; a text that is honest comes out as it was.
 */

const range = (from: number, to: number) => `${String.fromCodePoint(from)}-${String.fromCodePoint(to)}`

/** Characters that turn the direction of text, or cannot be seen at all. */
const unseen = new RegExp(
  `[${[
    range(0x00, 0x08),
    range(0x0b, 0x1f),
    range(0x7f, 0x9f),
    '\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufeff\uffa0',
    range(0x200b, 0x200f),
    range(0x2028, 0x202e),
    range(0x2060, 0x206f),
    range(0xfff9, 0xfffb),
    range(0xe0000, 0xe007f),
    range(0xe0100, 0xe01ef),
  ].join('')}]`,
  'gu',
)

const joiners = new Set(['\u200c', '\u200d'])
const joined =
  /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|(?!\p{Script=Latin}|\p{Script=Greek}|\p{Script=Cyrillic})\p{L}|\p{M}/u

/** Shows what cannot be seen by its code, and cuts towers of marks. Joiners stay where scripts and emoji need them. */
export function visible(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(unseen, (character, at: number) => {
      const before = text.codePointAt(at - 2) === undefined ? '' : text.slice(Math.max(0, at - 2), at)
      const after = text.slice(at + 1, at + 3)
      if (joiners.has(character) && joined.test(before) && joined.test(after)) return character
      return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`
    })
    .replace(/(\p{M}{4})\p{M}+/gu, '$1')
}

/** Letters that look like Latin ones. */
const alike = /^[аеорсухіјѕһԁԛԝӏɡνοραικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХЅІЈԚԜҮ]+$/u

const word = /[\p{L}\p{M}\p{N}]+/gu

/** Why a word may not be what it looks like: it mixes alphabets, or is of look-alikes alone. */
export type Oddity = 'mixed' | 'alike' | 'styled'

export function oddity(text: string): Oddity | null {
  const scripts = [
    /\p{Script=Latin}/u,
    /\p{Script=Cyrillic}/u,
    /\p{Script=Greek}/u,
    /\p{Script=Armenian}/u,
    /\p{Script=Cherokee}/u,
  ]
  if (scripts.filter(script => script.test(text)).length > 1) return 'mixed'
  if (text.length > 2 && alike.test(text)) return 'alike'
  const plain = text.normalize('NFKC')
  if (plain !== text.normalize('NFC') && /[a-z]{2}/i.test(plain) && !/\p{Script=Han}|\p{Script=Hangul}/u.test(text))
    return 'styled'
  return null
}

/** The text in pieces, with those words apart that may not be what they look like. */
export function pieces(text: string): { text: string; odd: Oddity | null }[] {
  const out: { text: string; odd: Oddity | null }[] = []
  let from = 0
  for (const found of text.matchAll(word)) {
    const odd = oddity(found[0])
    if (!odd) continue
    if (found.index > from) out.push({ text: text.slice(from, found.index), odd: null })
    out.push({ text: found[0], odd })
    from = found.index + found[0].length
  }
  if (from < text.length) out.push({ text: text.slice(from), odd: null })
  return out
}

/** The places of this server that are no screens. */
const notScreens = /^\/(api|mcp|assets|sign-in)(\/|$)/

/** The path of a link that leads to a screen of this app, or null: then it is none. */
export function pathWithin(address: string, origin: string): string | null {
  let url: URL
  try {
    url = new URL(address, origin)
  } catch {
    return null
  }
  const inside = url.origin === origin && url.username === '' && url.password === ''
  if (!inside || address.startsWith('#') || notScreens.test(url.pathname)) return null
  return url.pathname + url.search + url.hash
}

/** An address as people can judge it: foreign letters in a host name in their ASCII form. */
export function readable(address: string): string {
  try {
    const url = new URL(address)
    return visible(url.protocol.startsWith('http') ? url.href : address)
  } catch {
    return visible(address)
  }
}
