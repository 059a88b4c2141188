'use strict';
// Trusts the benchmark's certificate besides Node's own. NODE_EXTRA_CA_CERTS would read all of them before the first
// line, where `node -e 0` reads none.
const { readFileSync } = require('node:fs');
const tls = require('node:tls');

const { createSecureContext } = tls;
tls.createSecureContext = (options) => {
  const secure = createSecureContext(options);
  secure.context.addCACert(readFileSync(process.env.BENCH_CERTIFICATE, 'utf8'));
  return secure;
};
