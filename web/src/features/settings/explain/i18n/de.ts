import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  title: 'Rechte erklären',
  lead: 'Welche der vier Schichten jemanden durchlässt oder aufhält, warum, und was allein das ändern würde.',
  question: 'Frage',
  person: 'Person',
  employee: 'KI-Mitarbeiter',
  employeeNone: 'Die Person allein',
  task: 'Aufgabe',
  taskNone: 'Keine Aufgabe',
  tool: 'Werkzeug',
  toolNone: 'Kein Werkzeug',
  collection: 'Sammlung',
  collectionNone: 'Keine Sammlung',
  action: 'Aktion',
  choose: 'Wählen Sie eine Person',
  chooseHint: 'Dann einen KI-Mitarbeiter, eine Aufgabe, ein Werkzeug oder eine Sammlung: worum es geht.',
  allowed: 'Erlaubt',
  refused: 'Verweigert',
  remedy: 'Was es ändern würde',
  lets: 'lässt durch',
  stops: 'hält auf',
  fields: 'Felder',
  layer: {
    employee: 'Zugang zum KI-Mitarbeiter',
    task: 'Aufgabe',
    tool: 'Werkzeug',
    data: 'Daten',
  },
  effect: { gives: 'gibt', refuses: 'verweigert', narrows: 'verengt' },
  withheld: 'Zurückgehaltene Felder',
}

export default de
