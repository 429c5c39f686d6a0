/** Digits of an id after its letter. Agents copy ids digit by digit, so each one costs them a token and a chance to err. */
export const idDigits = 2;
