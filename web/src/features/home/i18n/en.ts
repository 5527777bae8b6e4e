const en = {
  nav: 'Home',
  morning: 'Good morning, {{name}}',
  afternoon: 'Good afternoon, {{name}}',
  evening: 'Good evening, {{name}}',
  lead: 'Your work at a glance.',
  deals: 'Your open opportunities',
  dealsCount_one: '{{count}} open',
  dealsCount_other: '{{count}} open',
  noDeals: 'You own no open opportunity',
  noDealsHint: 'Opportunities that you own and that are neither won nor lost stand here, the next to close first.',
  due: 'Your due activities',
  dueCount_one: '{{count}} open',
  dueCount_other: '{{count}} open',
  noDue: 'Nothing is due',
  noDueHint: 'Open activities of yours stand here, the most overdue first.',
  overdue: 'Overdue',
  closes: 'closes {{date}}',
  closed: 'was to close {{date}}',
  all: 'See all',
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    home: typeof en
  }
}
