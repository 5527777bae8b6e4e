const en = {
  lead: 'What AI employees have used of model services, for whom, and what it cost.',
  own: 'You see what you used yourself. Everybody’s is for those who manage model services or audit.',
  empty: 'Nothing was used',
  emptyText: 'No AI employee has answered anybody in this span of time. Choose another one, or ask something.',
  range: 'Span of time',
  ranges: {
    '30days': 'Last 30 days',
    today: 'Today',
    '7days': 'Last 7 days',
    '90days': 'Last 90 days',
    month: 'This month',
    all: 'Everything',
    custom: 'From … to …',
  },
  from: 'First day',
  to: 'Last day',
  runs: 'Answers',
  input: 'Tokens in',
  output: 'Tokens out',
  tokens: 'Tokens',
  cost: 'Cost',
  costIn: 'Cost ({{currency}})',
  course: 'Over time',
  courseOf: 'What to show over time',
  courseLabel: 'From {{from}} to {{to}}; the most on {{day}}: {{most}}. The table by day has every figure.',
  table: 'In detail',
  byWhat: 'Sum by',
  by: { employee: 'AI employee', person: 'Person', service: 'Service', model: 'Model', day: 'Day' },
  total: 'Total',
  planner: 'Offline planner',
  modelOf: '{{model}} ({{service}})',
  none: 'Not named',
  somebody: 'somebody',
  unpriced_one:
    '{{count}} token has no price: it is not in the cost. The offline planner costs nothing; for others, enter prices at the service.',
  unpriced_other:
    '{{count, number}} tokens have no price: they are not in the cost. The offline planner costs nothing; for others, enter prices at the service.',
  narrowTo: 'Look only at {{name}}',
  only: 'Only',
  widen: 'No longer only {{name}}',
  budgets: 'Budgets today',
  noBudgets: 'No AI employee has a budget',
  noBudgetsText: 'How many tokens one may use a day for each person is set at the AI employee, under Remit.',
  budgetOf: '{{tokens}} tokens a day and person',
  budgetUnused: 'Nobody has used any today.',
  usedOf: '{{used}} tokens, {{share}}',
  usedUp: 'Used up',
  usedBy: 'Used for {{name}}',
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    'settings-usage': typeof en
  }
}
