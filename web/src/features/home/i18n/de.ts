import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  nav: 'Start',
  morning: 'Guten Morgen, {{name}}',
  afternoon: 'Guten Tag, {{name}}',
  evening: 'Guten Abend, {{name}}',
  lead: 'Ihre Arbeit auf einen Blick.',
  deals: 'Ihre offenen Verkaufschancen',
  dealsCount_one: '{{count}} offen',
  dealsCount_other: '{{count}} offen',
  noDeals: 'Sie haben keine offene Verkaufschance',
  noDealsHint:
    'Verkaufschancen, für die Sie zuständig sind und die weder gewonnen noch verloren sind, stehen hier, die als nächste schließende zuerst.',
  due: 'Ihre fälligen Aktivitäten',
  dueCount_one: '{{count}} offen',
  dueCount_other: '{{count}} offen',
  noDue: 'Nichts ist fällig',
  noDueHint: 'Ihre offenen Aktivitäten stehen hier, die am längsten überfälligen zuerst.',
  overdue: 'Überfällig',
  closes: 'schließt {{date}}',
  closed: 'sollte {{date}} schließen',
  all: 'Alle zeigen',
}

export default de
