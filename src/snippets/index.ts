import { defaultSurface } from '../scopes/catalogue.js';
import curl from './curl.sh?raw';
import express from './express.mjs?raw';
import flask from './flask.py?raw';
import type { Language } from './languages.js';
import laravel from './laravel.php?raw';
import node from './node.mjs?raw';
import rails from './rails.rb?raw';
import spring from './spring.java?raw';

/** The backend of Courier's "How to Send a JWT from Your Backend" in one language, as it is pasted into an application. */
export interface Snippet {
  /** Where it is saved. */
  file: string;
  /** Besides COURIER_API_KEY in the environment. */
  needs: string;
  text: string;
}

/** With the how-to's scopes, once in each. */
export const snippets: Record<Language, Snippet> = {
  express: { file: 'courier-token.mjs', needs: 'Node 20, Express 4 or 5, a session', text: express },
  flask: { file: 'courier_token.py', needs: 'Flask 2 or 3', text: flask },
  spring: { file: 'CourierTokenController.java', needs: 'Java 11, Spring Boot 2 or later', text: spring },
  laravel: {
    file: 'app/Http/Controllers/CourierTokenController.php',
    needs: 'PHP 8, Laravel 8 or later',
    text: laravel,
  },
  rails: { file: 'app/controllers/courier_token_controller.rb', needs: 'Rails 6.1 or later', text: rails },
  node: { file: 'courier-token.mjs', needs: 'Node 20, a session of your own', text: node },
  curl: { file: 'courier-token.sh', needs: "curl 7.55, a web server's sign-in for CGI", text: curl },
};

/** The snippet of a language, for tokens with these scopes; `user_id:` is put before them where it runs. */
export function snippetFor({ language, scopes }: { language: Language; scopes: string[] }): Snippet {
  const { text, ...snippet } = snippets[language];
  return { ...snippet, text: text.replace(defaultSurface.required.join(' '), scopes.join(' ')) };
}
