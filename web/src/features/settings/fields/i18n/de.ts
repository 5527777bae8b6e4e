import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  lead: 'Wie schutzbedürftig jedes Feld ist. KI nutzt ein Feld nur bis zur Freigabe der Rolle ihrer Person.',
  collection: 'Sammlung',
  caption: 'Felder von {{collection}}',
  field: 'Feld',
  sensitivity: 'Einstufung',
  sensitivityOf: 'Einstufung von {{field}}',
  personal: 'Persönlich',
  personalOf: '{{field}} ist persönlich',
  critical: 'Kritisch',
  criticalOf: '{{field}} ist kritisch',
  untagged: 'Nicht eingestuft: gilt als streng vertraulich',
  suggestions: 'Vorschläge',
  suggestion: '{{collection}}: {{field}}',
  suggested: '{{level}}, persönlich',
  apply: 'Prüfen: {{field}} von {{collection}}',
  review: 'Prüfen',
  reviewTitle: 'Änderung an {{field}} prüfen',
  save: 'Speichern',
  saved: 'Gespeichert. Es gilt ab sofort.',
}

export default de
