/** What the pages of the settings are called: the navigation shows it everywhere. */
const en = {
  company: 'Company',
  departments: 'Departments',
  employees: 'AI employees',
  explain: 'Explain',
  fields: 'Fields',
  people: 'Users',
  roles: 'Roles & permissions',
  services: 'Model services',
  usage: 'Usage & cost',
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    settings: typeof en
  }
}
