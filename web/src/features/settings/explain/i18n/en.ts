const en = {
  title: 'Explain permissions',
  lead: 'Which of the four layers lets somebody through or stops them, why, and what alone would change it.',
  question: 'Question',
  person: 'Person',
  employee: 'AI employee',
  employeeNone: 'The person alone',
  task: 'Task',
  taskNone: 'No task',
  tool: 'Tool',
  toolNone: 'No tool',
  collection: 'Collection',
  collectionNone: 'No collection',
  action: 'Action',
  choose: 'Choose a person',
  chooseHint: 'Then an AI employee, a task, a tool or a collection: whatever is in question.',
  allowed: 'Allowed',
  refused: 'Refused',
  remedy: 'What would change it',
  lets: 'lets through',
  stops: 'stops',
  fields: 'Fields',
  layer: {
    employee: 'AI employee access',
    task: 'Task',
    tool: 'Tool',
    data: 'Data',
  },
  effect: { gives: 'gives', refuses: 'refuses', narrows: 'narrows' },
  withheld: 'Withheld fields',
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    'settings-explain': typeof en
  }
}
