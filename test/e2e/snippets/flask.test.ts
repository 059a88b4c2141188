import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { proveSnippet } from '../../support/snippet-app.js';

/** Debian's, which has Debian's Flask, whatever `python3` is on PATH. */
const python = '/usr/bin/python3';
const gunicorn = '/usr/bin/gunicorn';
const hasFlask = existsSync(gunicorn) && spawnSync(python, ['-c', 'import flask']).status === 0;

proveSnippet({
  language: 'flask',
  missing: hasFlask ? undefined : 'python3-flask and gunicorn are not installed',
  file: 'courier_token.py',
  files: () => ({
    'app.py': `
import logging
from flask import Flask, request, session
from courier_token import courier_token

logging.basicConfig(level=logging.INFO)
app = Flask(__name__)
app.config.update(SECRET_KEY='for a test')
app.register_blueprint(courier_token)


@app.get('/login')
def login():
    session['user_id'] = request.args['user']
    return ''
`,
  }),
  start: ({ port }) => ({ argv: [python, gunicorn, '--bind', `127.0.0.1:${port}`, 'app:app'] }),
  tokenLine: /courier token: for '.+', inbox:read:messages .*read:brands, 1d$/m,
});
