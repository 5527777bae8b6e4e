import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  count_one: '{{shown}} Datensatz',
  count_other: '{{shown}} Datensätze',
  empty: 'Keine Datensätze',
  emptyHint: 'Hier ist nichts, oder nichts, was Sie sehen dürfen.',
  more: 'Mehr zeigen',
  fields: 'Felder',
}

export default de
