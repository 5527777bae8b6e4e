const en = {
  title: 'Departments',
  lead: 'Who belongs together. Row scopes can follow the tree: a department and all below it.',
  tree: 'Departments of the company',
  add: 'Add a department',
  addBelow: 'Add one below',
  edit: 'Rename or move',
  editTitle: 'Rename or move {{name}}',
  name: 'Name',
  parent: 'Below',
  parentHint: 'Moving a department moves all below it. Who sees which records by department changes at once.',
  move: 'Move',
  moveTitle: 'Move {{name}} below {{parent}}?',
  moveTopTitle: 'Move {{name}} to the top?',
  keys: 'Arrow keys go through the tree, open and close. Enter renames. Shift with → moves below the one before it, Shift with ← a level up.',
  top: 'At the top',
  none: 'No department yet',
  noneHint: 'Add the first one, then say of each user where they belong.',
  people_one: '{{count}} user',
  people_other: '{{count}} users',
  noPeople: 'No user',
  actionsOf: 'Actions for {{name}}',
  deleteTitle: 'Delete {{name}}?',
  deleteText: 'Records that name it will name no department. This cannot be taken back.',
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    'settings-departments': typeof en
  }
}
