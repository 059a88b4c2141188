import { resolve } from 'node:path';
import { proveSnippet } from '../../support/snippet-app.js';

const modules = resolve(import.meta.dirname, '../../../node_modules');

proveSnippet({
  language: 'express',
  missing: undefined,
  file: 'courier-token.mjs',
  links: { node_modules: modules },
  files: () => ({
    'app.mjs': `
import express from 'express';
import session from 'express-session';
import courierToken from './courier-token.mjs';

const app = express();
app.use(session({ secret: 'for a test', resave: false, saveUninitialized: false }));
app.get('/login', (req, res) => {
  req.session.userId = req.query.user;
  res.end();
});
app.use(courierToken);
app.listen(process.env.PORT, '127.0.0.1');
`,
  }),
  start: () => ({ argv: [process.execPath, 'app.mjs'], variables: { NODE_ENV: 'production' } }),
  tokenLine: /^courier token: for ".+", inbox:read:messages .*read:brands, 1d$/m,
});
