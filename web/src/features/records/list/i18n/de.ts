import type { Translation } from '@/app/i18n'
import type en from './en'

const de: Translation<typeof en> = {
  columns: {
    title: 'Spalten',
    more: 'Nicht gezeigt',
    earlier: '{{name}} nach links',
    later: '{{name}} nach rechts',
    reset: 'Wie vorgegeben',
    width: 'Breite von {{name}}',
    widthHint: 'Ziehen oder Pfeiltasten; Eingabe oder Doppelklick: wie vorgegeben',
  },
  view: {
    menu: 'Ansicht: {{name}}',
    all: 'Alle Datensätze',
    mine: 'Meine Ansichten',
    shared: 'Mit mir geteilt',
    saveAs: 'Als neue Ansicht speichern',
    edit: 'Name und Freigabe',
    makeDefault: 'Diese Ansicht zuerst zeigen',
    noDefault: 'Diese Ansicht nicht mehr zuerst zeigen',
    delete: 'Ansicht löschen',
    deleteTitle: 'Ansicht „{{name}}“ löschen?',
    deleteText: 'Die Datensätze bleiben, wie sie sind.',
    deleteShared: 'Andere, die sie verwenden, verlieren sie auch. Die Datensätze bleiben, wie sie sind.',
    changed: 'Nicht gespeichert',
    reset: 'Zurücksetzen',
    saved: 'Ansicht gespeichert',
    name: 'Name',
    sharedWith: 'Geteilt mit',
    sharedHint: 'Wer sie verwendet, sieht nur, was er sehen darf.',
    private: 'Nur ich',
    everyone: 'Alle',
    roles: 'Personen mit bestimmten Rollen',
    rolesLabel: 'Rollen',
    rolesHint: 'Wer eine davon hat, findet die Ansicht.',
    with: { everyone: 'Mit allen geteilt', roles: 'Mit bestimmten Rollen geteilt' },
    noRoles: 'Es gibt keine Rolle, mit der Sie sie teilen könnten.',
    unusable: 'Nicht verwendbar',
    unusableTitle: 'Diese Ansicht lässt sich nicht so verwenden, wie sie gespeichert wurde',
    unusableWhy: {
      filter:
        'Ihr Filter nennt ein Feld oder einen Datensatz, das oder den Sie nicht sehen dürfen oder das es nicht mehr gibt. Darum ist hier nichts gefiltert.',
      sort: 'Sie ist nach einem Feld sortiert, das Sie nicht sehen dürfen oder das es nicht mehr gibt.',
      group: 'Ihre Spalten kommen aus einem Feld, das Sie nicht sehen dürfen oder das es nicht mehr gibt.',
      date_field: 'Ihre Tage kommen aus einem Feld, das Sie nicht sehen dürfen oder das es nicht mehr gibt.',
      sum_field: 'Sie summiert ein Feld, das Sie nicht sehen dürfen oder das es nicht mehr gibt.',
    },
    unusableOther:
      'Bitten Sie {{name}} um eine Ansicht, die Sie verwenden können, oder Ihre Administration um Zugriff. Sie können auch eine eigene speichern.',
    unusableSomebody: 'Bitten Sie Ihre Administration um Zugriff, oder speichern Sie eine eigene Ansicht.',
    unusableMine:
      'Stellen Sie sie ein, wie Sie sie brauchen, und speichern Sie sie neu, bitten Sie Ihre Administration um Zugriff, oder löschen Sie sie.',
    unusableSave: 'Speichern wie jetzt gezeigt',
  },
}

export default de
