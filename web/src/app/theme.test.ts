import { DEFAULT_THEME, mergeMantineTheme } from '@mantine/core'
import { describe, expect, it } from 'vitest'
import { cssVariablesResolver, theme } from './theme'

const merged = mergeMantineTheme(DEFAULT_THEME, theme)
const variables = cssVariablesResolver(merged)

type RGB = [number, number, number]

function rgb(color: string): RGB {
  const mix = /^color-mix\(in srgb, (\S+) (\d+)%, (\S+)\)$/.exec(color)
  if (mix) {
    const share = Number(mix[2]) / 100
    const other = rgb(mix[3] === 'black' ? '#000000' : (mix[3] as string))
    return rgb(mix[1] as string).map((c, i) => c * share + (other[i] as number) * (1 - share)) as RGB
  }
  const hex = color.replace('#', '')
  return [0, 2, 4].map(i => Number.parseInt(hex.slice(i, i + 2), 16)) as RGB
}

/** Relative luminance and contrast ratio: WCAG 2.2, section 6. */
function luminance(color: string): number {
  const [r, g, b] = rgb(color).map(c => {
    const s = c / 255
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4
  }) as RGB
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const surfaces = { light: ['#ffffff', '#f7f8fa'], dark: ['#14171c', '#1b2027', '#101317'] } as const

describe.each(['light', 'dark'] as const)('colours in %s', scheme => {
  const of = variables[scheme]

  it.each(['text', 'dimmed', 'placeholder', 'error', 'anchor'])('%s can be read on every surface', name => {
    for (const surface of surfaces[scheme]) {
      expect(contrast(of[`--mantine-color-${name}`] as string, surface)).toBeGreaterThanOrEqual(4.5)
    }
  })

  it.each(Object.keys(merged.colors).filter(name => name !== 'dark'))('%s can be read, light and filled', name => {
    const [text, ground] = [of[`--mantine-color-${name}-light-color`], of[`--mantine-color-${name}-light`]]
    expect(contrast(text as string, ground as string)).toBeGreaterThanOrEqual(4.5)
    expect(contrast('#ffffff', of[`--mantine-color-${name}-filled`] as string)).toBeGreaterThanOrEqual(4.5)
  })
})
