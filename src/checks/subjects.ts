/** The realtime socket among the scopes that findings are about: it is let in by `inbox:read:messages`. */
export const socketSubject = 'socket';
