import type { Seed } from './seed.js';

/** What an emulator without a seed of one's own begins with: alice and bob, a tenant, a brand and a preference page. */
export const defaultSeed: Seed = {
  messages: [
    {
      user: 'alice',
      title: 'Welcome to Courier',
      body: 'This inbox is emulated: nothing here has left your machine.',
      actions: [{ content: 'Read the docs', href: 'https://www.courier.com/docs' }],
    },
    {
      user: 'alice',
      title: 'Your order has shipped',
      body: 'It arrives on Friday.',
      tags: ['orders'],
      data: { orderId: '1042' },
    },
    { user: 'alice', title: 'Bob mentioned you', body: '“@alice, have a look.”', tags: ['mentions'], opened: true },
    {
      user: 'alice',
      title: 'Your invoice is ready',
      body: 'Due in 14 days.',
      tags: ['billing'],
      read: true,
      opened: true,
    },
    { user: 'alice', title: 'Last month’s report', body: 'All is well.', read: true, opened: true, archived: true },
    { user: 'alice', tenant: 'acme', title: 'Welcome to Acme', body: 'Seen by alice as a member of acme only.' },
    { user: 'bob', title: 'Welcome to Courier', body: 'This inbox is emulated, too.' },
  ],
  brands: [
    {
      id: 'default',
      name: 'Emulated brand',
      settings: {
        colors: { primary: '#9121c2', secondary: '#4b1f64', tertiary: '#f5ebfa' },
        inapp: { borderRadius: '8px', disableCourierFooter: false, disableMessageIcon: false, placement: 'bottom' },
      },
      logo: { href: 'https://example.com', image: 'https://example.com/logo.png' },
      links: { twitter: { url: 'https://example.com/twitter' } },
    },
  ],
  sections: [
    {
      id: 'product',
      name: 'Product',
      hasCustomRouting: true,
      topics: [
        { id: 'mentions', name: 'Mentions' },
        {
          id: 'digest',
          name: 'Weekly digest',
          digestSchedules: [
            { scheduleId: 'daily', period: 'day', repetition: '1', start: '09:00', default: true },
            {
              scheduleId: 'weekly',
              period: 'week',
              repetition: '1',
              start: '09:00',
              repeat: { frequency: 1, interval: 'week' },
            },
          ],
        },
        { id: 'marketing', name: 'News and offers', defaultStatus: 'OPTED_OUT' },
      ],
    },
    { id: 'account', name: 'Account', topics: [{ id: 'security', name: 'Security', defaultStatus: 'REQUIRED' }] },
  ],
  tenants: [
    { id: 'acme', name: 'Acme', users: ['alice'], defaultPreferences: [{ topic: 'mentions', status: 'OPTED_OUT' }] },
  ],
  templates: [{ id: 'welcome', title: 'Welcome, {{name}}', body: 'Good to have you here.' }],
  lists: [{ id: 'team', users: ['alice', 'bob'] }],
};
