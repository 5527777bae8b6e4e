import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  nav: 'Gespräche',
  title: 'Gespräche',
  lead: 'Was Sie KI-Mitarbeiter gefragt haben und was andere mit Ihnen teilen.',
  new: 'Neues Gespräch',
  empty: 'Es gibt noch keine Gespräche',
  emptyHint: 'Fragen Sie einen KI-Mitarbeiter: Das Gespräch bleibt hier, für Sie allein, bis Sie es teilen.',
  more: 'Mehr zeigen',
  untitled: 'Ohne Titel',
  titleHidden: 'Titel für Sie nicht sichtbar',
  sharedBy: 'Geteilt von {{name}}',
  readerHint: 'Sie sehen davon, was Sie selbst sehen dürfen.',
  sharedWith_one: 'Mit {{count}} Person geteilt',
  sharedWith_other: 'Mit {{count}} Personen geteilt',
  actions: 'Weitere Aktionen',
  rename: { label: 'Umbenennen', title: 'Titel' },
  delete: {
    label: 'Löschen',
    of: '{{title}} löschen',
    title: '„{{title}}“ löschen?',
    text: 'Damit verschwinden Fragen, Antworten, Ergebnisse, Diagramme, Bewertungen und Freigaben für immer, auch für alle, mit denen Sie es teilen. Niemand kann es zurückholen. Das Protokoll behält, dass gefragt und was gelesen wurde.',
    done: 'Das Gespräch ist gelöscht.',
  },
  share: {
    label: 'Teilen',
    title: 'Dieses Gespräch teilen',
    text: 'Wen Sie auswählen, kann es lesen und nicht darin fragen. Jeder sieht nur, was er selbst sehen darf: Antworten, die auf anderem beruhen, fehlen für ihn, mit einem Hinweis. Fragen, zu denen es keine solche Antwort gibt, stehen da, wie Sie sie geschrieben haben.',
    person: 'Person hinzufügen',
    remove: 'Nicht mehr mit {{name}} teilen',
    someone: 'Jemand, den Sie nicht sehen dürfen',
    done: 'Geteilt.',
    undone: 'Nicht mehr geteilt.',
  },
}

export default de
