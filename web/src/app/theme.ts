import {
  type CSSVariablesResolver,
  createTheme,
  DEFAULT_THEME,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'

/** A calm blue that carries white text in both schemes (shade 7 on white: 7.3). */
const remit: MantineColorsTuple = [
  '#eef2ff',
  '#dfe6fd',
  '#bccaf8',
  '#98adf3',
  '#7a94ee',
  '#5f7ce6',
  '#4664d9',
  '#2f4fc4',
  '#2742a6',
  '#1f3585',
]

/** Neutral greys, slightly cool. */
const gray: MantineColorsTuple = [
  '#f7f8fa',
  '#f0f2f5',
  '#e4e7ec',
  '#d3d8df',
  '#b4bbc6',
  '#8b94a2',
  '#687180',
  '#4b5462',
  '#333b47',
  '#1c222b',
]

const dark: MantineColorsTuple = [
  '#d7dbe2',
  '#bac1cb',
  '#9aa3b0',
  '#6f7886',
  '#434b57',
  '#323944',
  '#262c35',
  '#1b2027',
  '#14171c',
  '#0e1115',
]

const names = Object.keys(DEFAULT_THEME.colors).filter(name => name !== 'dark')

/**
 * Mantine's light variant writes shade 6 to 9 on a tint of the same colour, which
 * falls short of 4.5:1 for most colours. Here it is always the darkest shade
 * on the lightest, and the other way round in the dark. Filled, it is white on a shade
 * that is dark enough, in every colour.
 */
const variantColorResolver: VariantColorsResolver = input => {
  const colors = defaultVariantColorsResolver(input)
  const name = input.color ?? input.theme.primaryColor
  if (!(name in input.theme.colors)) return colors
  if (input.variant === 'light') return { ...colors, color: `var(--mantine-color-${name}-light-color)` }
  if (input.variant === 'filled') return { ...colors, color: '#ffffff' }
  return colors
}

/** What Mantine's own colours lack in contrast (WCAG 2.2, 1.4.3: 4.5:1 for text). */
const cssVariablesResolver: CSSVariablesResolver = theme => {
  const of = (name: string, shade: number) => theme.colors[name]?.[shade] ?? ''
  const light: Record<string, string> = {}
  const darkness: Record<string, string> = {}
  const both: Record<string, string> = {}
  for (const name of [...names, 'remit']) {
    light[`--mantine-color-${name}-light`] = of(name, 0)
    light[`--mantine-color-${name}-light-hover`] = of(name, 1)
    light[`--mantine-color-${name}-light-color`] = `color-mix(in srgb, ${of(name, 9)} 72%, black)`
    const own = name === 'remit'
    both[`--mantine-color-${name}-filled`] = own ? of(name, 7) : `color-mix(in srgb, ${of(name, 9)} 72%, black)`
    both[`--mantine-color-${name}-filled-hover`] = own ? of(name, 8) : `color-mix(in srgb, ${of(name, 9)} 62%, black)`
    darkness[`--mantine-color-${name}-light`] = `color-mix(in srgb, ${of(name, 8)} 28%, ${dark[7]})`
    darkness[`--mantine-color-${name}-light-hover`] = `color-mix(in srgb, ${of(name, 8)} 38%, ${dark[7]})`
    darkness[`--mantine-color-${name}-light-color`] = of(name, 2)
  }
  return {
    variables: {},
    light: {
      ...both,
      ...light,
      '--mantine-color-text': '#1c222b',
      '--mantine-color-dimmed': '#5a6372',
      '--mantine-color-placeholder': '#687180',
      '--mantine-color-error': '#b42318',
      '--mantine-color-anchor': '#2742a6',
      '--mantine-color-default-border': '#d3d8df',
      '--remit-surface': '#ffffff',
      '--remit-sunken': '#f7f8fa',
      '--remit-line': '#e4e7ec',
    },
    dark: {
      ...both,
      ...darkness,
      '--mantine-color-text': '#d7dbe2',
      '--mantine-color-dimmed': '#a3abb8',
      '--mantine-color-placeholder': '#9aa3b0',
      '--mantine-color-error': '#ff9d94',
      '--mantine-color-anchor': '#98adf3',
      '--mantine-color-body': '#14171c',
      '--mantine-color-default': '#1b2027',
      '--mantine-color-default-border': '#3a424e',
      '--remit-surface': '#1b2027',
      '--remit-sunken': '#101317',
      '--remit-line': '#2a313b',
    },
  }
}

export const theme = createTheme({
  primaryColor: 'remit',
  primaryShade: { light: 7, dark: 7 },
  colors: { remit, gray, dark },
  variantColorResolver,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.3' },
      h2: { fontSize: '1.125rem', lineHeight: '1.4' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
      h4: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: true } } },
    // Their <header> would be a second banner of the page.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    DrawerHeader: { defaultProps: { role: 'presentation' } },
    Modal: { defaultProps: { centered: true, radius: 'lg' } },
    Card: { defaultProps: { withBorder: true, radius: 'lg', padding: 'lg' } },
    Badge: { defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500 } },
    // Its letters would fade from one scheme's colour to the other's.
    SegmentedControl: { defaultProps: { transitionDuration: 0 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Menu: {
      // The placeholder that would take the first focus is no child that a menu may have.
      defaultProps: { shadow: 'md', position: 'bottom-end', width: 220, withInitialFocusPlaceholder: false },
    },
    // What opens over the page belongs to a landmark too: see App.
    Portal: { defaultProps: { target: '#overlays' } },
    Anchor: { defaultProps: { inherit: true } },
    // Long lists of options scroll as the listbox itself, which follows the arrow keys; a
    // scroll area within would be a region that scrolls and cannot be focused.
    Select: { defaultProps: { withScrollArea: false } },
    MultiSelect: { defaultProps: { withScrollArea: false } },
    TagsInput: { defaultProps: { withScrollArea: false } },
  },
})

export { cssVariablesResolver }
