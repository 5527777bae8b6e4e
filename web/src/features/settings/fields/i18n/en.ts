const en = {
  lead: 'How sensitive each field is. AI uses a field only up to the clearance of its person’s role.',
  collection: 'Collection',
  caption: 'Fields of {{collection}}',
  field: 'Field',
  sensitivity: 'Sensitivity',
  sensitivityOf: 'Sensitivity of {{field}}',
  personal: 'Personal',
  personalOf: '{{field}} is personal',
  critical: 'Critical',
  criticalOf: '{{field}} is critical',
  untagged: 'Untagged: counts as restricted',
  suggestions: 'Suggestions',
  suggestion: '{{collection}}: {{field}}',
  suggested: '{{level}}, personal',
  apply: 'Review: {{field}} of {{collection}}',
  review: 'Review',
  reviewTitle: 'Review the change to {{field}}',
  save: 'Save',
  saved: 'Saved. It holds from now on.',
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    'settings-fields': typeof en
  }
}
