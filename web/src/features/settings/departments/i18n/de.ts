import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  title: 'Abteilungen',
  lead: 'Wer zusammengehört. Zeilenbereiche können dem Baum folgen: eine Abteilung und alles darunter.',
  tree: 'Abteilungen des Unternehmens',
  add: 'Abteilung anlegen',
  addBelow: 'Eine darunter anlegen',
  edit: 'Umbenennen oder verschieben',
  editTitle: '{{name}} umbenennen oder verschieben',
  name: 'Name',
  parent: 'Unter',
  parentHint: 'Alles darunter zieht mit um. Wer nach Abteilung welche Datensätze sieht, ändert sich sofort.',
  move: 'Verschieben',
  moveTitle: '{{name}} unter {{parent}} verschieben?',
  moveTopTitle: '{{name}} ganz nach oben verschieben?',
  keys: 'Pfeiltasten gehen durch den Baum, öffnen und schließen. Eingabe benennt um. Umschalt mit → verschiebt unter die Abteilung davor, Umschalt mit ← eine Ebene höher.',
  top: 'Ganz oben',
  none: 'Noch keine Abteilung',
  noneHint: 'Legen Sie die erste an und sagen Sie dann bei jedem Benutzer, wohin er gehört.',
  people_one: '{{count}} Benutzer',
  people_other: '{{count}} Benutzer',
  noPeople: 'Kein Benutzer',
  actionsOf: 'Aktionen für {{name}}',
  deleteTitle: '{{name}} löschen?',
  deleteText: 'Datensätze, die sie nennen, nennen dann keine Abteilung. Das lässt sich nicht zurücknehmen.',
}

export default de
