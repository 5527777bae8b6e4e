const en = {
  columns: {
    title: 'Columns',
    more: 'Not shown',
    earlier: 'Move {{name}} to the left',
    later: 'Move {{name}} to the right',
    reset: 'As by default',
    width: 'Width of {{name}}',
    widthHint: 'Drag, or use the arrow keys; Enter or a double click: as by default',
  },
  view: {
    menu: 'View: {{name}}',
    all: 'All records',
    mine: 'My views',
    shared: 'Shared with me',
    saveAs: 'Save as a new view',
    edit: 'Name and sharing',
    makeDefault: 'Show this view first',
    noDefault: 'No longer show this view first',
    delete: 'Delete the view',
    deleteTitle: 'Delete the view “{{name}}”?',
    deleteText: 'The records stay as they are.',
    deleteShared: 'Others who use it lose it too. The records stay as they are.',
    changed: 'Unsaved changes',
    reset: 'Reset',
    saved: 'View saved',
    name: 'Name',
    sharedWith: 'Shared with',
    sharedHint: 'Whoever uses it sees only what they may see.',
    private: 'Only me',
    everyone: 'Everyone',
    roles: 'People with certain roles',
    rolesLabel: 'Roles',
    rolesHint: 'Everybody who holds one of them finds the view.',
    with: { everyone: 'Shared with everyone', roles: 'Shared with certain roles' },
    noRoles: 'There is no role that you could share it with.',
    unusable: 'Cannot be used',
    unusableTitle: 'This view cannot be used as it was saved',
    unusableWhy: {
      filter:
        'Its filter names a field or a record that you may not see, or that is gone. So nothing is filtered here.',
      sort: 'It is sorted by a field that you may not see, or that is gone.',
      group: 'Its columns come from a field that you may not see, or that is gone.',
      date_field: 'Its days come from a field that you may not see, or that is gone.',
      sum_field: 'It adds up a field that you may not see, or that is gone.',
    },
    unusableOther:
      'Ask {{name}} for a view that you can use, or your administrator for access. You can save one of your own.',
    unusableSomebody: 'Ask your administrator for access, or save a view of your own.',
    unusableMine: 'Set it as you need it and save it anew, ask your administrator for access, or delete it.',
    unusableSave: 'Save as shown now',
  },
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    'records-list': typeof en
  }
}
