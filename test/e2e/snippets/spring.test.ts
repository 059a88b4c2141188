import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isInstalled } from '../../support/keychain-session.js';
import { proveSnippet } from '../../support/snippet-app.js';

const app = readFileSync(join(import.meta.dirname, '../../fixtures/snippets/spring/Application.java'), 'utf8');

/** Spring 4.3, Jackson, SLF4J and Tomcat 9, as Debian has them. */
const jars = Object.entries({
  spring3: 'aop beans context core expression web web.servlet',
  jackson: 'annotations core databind',
  slf4j: 'api simple',
  commons: 'logging',
  tomcat9: 'annotations-api api catalina coyote jaspic-api jni juli servlet-api util util-scan',
}).flatMap(([project, names]) => names.split(' ').map((name) => `/usr/share/java/${project}-${name}.jar`));
const isThere = isInstalled('javac') && jars.every((path) => existsSync(path));

// What a jar names that is not installed is no fault of the snippet's.
const compile = 'javac --release 11 -Xlint:all,-path -Werror -d classes *.java';
const run = 'exec java -cp classes:"$CLASSPATH" com.example.Application';

proveSnippet({
  language: 'spring',
  missing: isThere ? undefined : 'no JDK, Spring and Tomcat',
  file: 'CourierTokenController.java',
  files: () => ({ 'Application.java': app }),
  start: () => ({ argv: ['sh', '-c', `${compile} && ${run}`], variables: { CLASSPATH: jars.join(':') } }),
  rows: [
    {
      name: 'a body that is not said to be JSON',
      headers: { 'content-type': 'text/plain' },
      answer: { status: 415, body: expect.stringContaining('Unsupported Media Type') as string },
    },
  ],
  tokenLine: /courier token: for ".+", inbox:read:messages .*read:brands, 1d$/m,
});
