const en = {
  title: 'Company',
  lead: 'What holds for everybody here.',
  section: 'Name, time and money',
  name: 'Name of the company',
  timeZone: 'Time zone',
  timeZoneHint:
    'Where days, weeks and months begin, and how times are shown and entered. Stored moments stay what they are; reports that group by day or month may come out differently.',
  timeNow: 'There it is now {{now}}.',
  currency: 'Currency',
  currencyHint:
    'For fields of money that are added from now on. Present fields keep their currency: no amount is converted or shown differently.',
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    'settings-company': typeof en
  }
}
