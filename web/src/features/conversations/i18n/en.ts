const en = {
  nav: 'Conversations',
  title: 'Conversations',
  lead: 'What you asked AI employees, and what others share with you.',
  new: 'New conversation',
  empty: 'There are no conversations yet',
  emptyHint: 'Ask an AI employee something: the conversation is kept here, for you alone until you share it.',
  more: 'Show more',
  untitled: 'Without a title',
  titleHidden: 'Title not shown to you',
  sharedBy: 'Shared by {{name}}',
  readerHint: 'You see of it what you may see yourself.',
  sharedWith_one: 'Shared with {{count}} person',
  sharedWith_other: 'Shared with {{count}} people',
  actions: 'More actions',
  rename: { label: 'Rename', title: 'Title' },
  delete: {
    label: 'Delete',
    of: 'Delete {{title}}',
    title: 'Delete “{{title}}”?',
    text: 'This removes its questions, answers, results, charts, ratings and shares for good, also for those whom you share it with. Nobody can bring it back. The audit log keeps that it was asked and what was read.',
    done: 'The conversation is deleted.',
  },
  share: {
    label: 'Share',
    title: 'Share this conversation',
    text: 'Those whom you choose can read it and not ask in it. Each of them sees only what they may see themselves: answers that rest on anything else are left out for them, with a note. Questions that led to no such answer are shown as you wrote them.',
    person: 'Add a person',
    remove: 'No longer share with {{name}}',
    someone: 'Somebody whom you may not see',
    done: 'Shared.',
    undone: 'No longer shared.',
  },
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    conversations: typeof en
  }
}
