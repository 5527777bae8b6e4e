import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  lead: 'Was KI-Mitarbeiter von Modelldiensten verbraucht haben, für wen, und was es gekostet hat.',
  own: 'Sie sehen, was Sie selbst verbraucht haben. Den Verbrauch aller sieht, wer Modelldienste verwaltet oder prüft.',
  empty: 'Nichts wurde verbraucht',
  emptyText:
    'Kein KI-Mitarbeiter hat in diesem Zeitraum jemandem geantwortet. Wählen Sie einen anderen, oder fragen Sie etwas.',
  range: 'Zeitraum',
  ranges: {
    '30days': 'Letzte 30 Tage',
    today: 'Heute',
    '7days': 'Letzte 7 Tage',
    '90days': 'Letzte 90 Tage',
    month: 'Dieser Monat',
    all: 'Alles',
    custom: 'Von … bis …',
  },
  from: 'Erster Tag',
  to: 'Letzter Tag',
  runs: 'Antworten',
  input: 'Tokens hinein',
  output: 'Tokens heraus',
  tokens: 'Tokens',
  cost: 'Kosten',
  costIn: 'Kosten ({{currency}})',
  course: 'Im Lauf der Zeit',
  courseOf: 'Was im Lauf der Zeit gezeigt wird',
  courseLabel: 'Von {{from}} bis {{to}}; am meisten am {{day}}: {{most}}. Die Tabelle nach Tagen hat jede Zahl.',
  table: 'Im Einzelnen',
  byWhat: 'Summe je',
  by: { employee: 'KI-Mitarbeiter', person: 'Person', service: 'Dienst', model: 'Modell', day: 'Tag' },
  total: 'Summe',
  planner: 'Offline-Planer',
  modelOf: '{{model}} ({{service}})',
  none: 'Nicht genannt',
  somebody: 'jemand',
  unpriced_one:
    '{{count}} Token hat keinen Preis: Es fehlt in den Kosten. Der Offline-Planer kostet nichts; für andere tragen Sie Preise beim Dienst ein.',
  unpriced_other:
    '{{count, number}} Tokens haben keinen Preis: Sie fehlen in den Kosten. Der Offline-Planer kostet nichts; für andere tragen Sie Preise beim Dienst ein.',
  narrowTo: 'Nur {{name}} ansehen',
  only: 'Nur',
  widen: 'Nicht mehr nur {{name}}',
  budgets: 'Budgets heute',
  noBudgets: 'Kein KI-Mitarbeiter hat ein Budget',
  noBudgetsText: 'Wie viele Tokens einer je Tag und Person verbrauchen darf, steht beim KI-Mitarbeiter unter Auftrag.',
  budgetOf: '{{tokens}} Tokens je Tag und Person',
  budgetUnused: 'Heute hat noch niemand etwas verbraucht.',
  usedOf: '{{used}} Tokens, {{share}}',
  usedUp: 'Aufgebraucht',
  usedBy: 'Verbraucht für {{name}}',
}

export default de
