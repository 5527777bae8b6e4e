import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  nav: 'Suche',
  title: 'Suche',
  label: 'In den Daten suchen',
  placeholder: 'Ein Name, eine Nummer, irgendein Text',
  focus: 'Nach etwas anderem suchen',
  start: 'Suchen Sie in allem, was Sie sehen dürfen',
  startHint: 'Namen, Nummern und andere Texte aller Sammlungen. Mit den Pfeiltasten gehen Sie durch die Treffer.',
  short_one: 'Tippen Sie mindestens {{count}} Zeichen',
  short_other: 'Tippen Sie mindestens {{count}} Zeichen',
  nothing: 'Nichts enthält „{{q}}“',
  nothingHint: 'Zumindest nichts, was Sie sehen dürfen. Versuchen Sie weniger Buchstaben oder ein anderes Wort.',
  more: 'Mehr zeigen',
  moreOf: 'Mehr zeigen: {{collection}}',
  everywhere: 'Wieder überall suchen',
  untitled: 'Ohne Namen',
}

export default de
