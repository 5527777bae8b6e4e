const en = {
  count_one: '{{shown}} record',
  count_other: '{{shown}} records',
  empty: 'No records',
  emptyHint: 'There is nothing here, or nothing that you may see.',
  more: 'Show more',
  fields: 'Fields',
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    records: typeof en
  }
}
