/** The account behind the command line of the machine itself; it has no password. */
export const operatorEmail = 'operator@tulle.invalid';
