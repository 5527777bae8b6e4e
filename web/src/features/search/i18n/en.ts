const en = {
  nav: 'Search',
  title: 'Search',
  label: 'Search the records',
  placeholder: 'A name, a number, any text',
  focus: 'Search for something else',
  start: 'Search everything that you may see',
  startHint: 'Names, numbers and other texts of every collection. Go through what is found with the arrow keys.',
  short_one: 'Type at least {{count}} character',
  short_other: 'Type at least {{count}} characters',
  nothing: 'Nothing holds “{{q}}”',
  nothingHint: 'At least nothing that you may see. Try fewer letters or another word.',
  more: 'Show more',
  moreOf: 'Show more: {{collection}}',
  everywhere: 'Search everywhere again',
  untitled: 'Without a name',
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    search: typeof en
  }
}
