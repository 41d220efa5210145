/**
 * The two tables of RFC 3454 §D, which JavaScript's expressions cannot say. Each is a row of ranges in base 36: how far a
 * range begins from the end of the one before, and, behind a plus, how many code points more it has.
 */

/** Letters that are written from right to left: table D.1. */
const rightToLeft = [
  "14u 2 3 d+q 6+4 13 4 2+p 6+a z+2 2+2s 8 8+1 k+4 2+d 3 2+q 2c+11 c 4ta 179q 2+9 2+c 2+4 2 2+1 2+1",
  "2+2z y+a2 j+1r 3+1h 15+c 38+4 2+3q",
].join(" ");

/** Letters that are written from left to right: table D.2. */
const leftToRight = [
  "1t+p 7+p 1c b 5 6+m 2+u 2+88 2+h t+2l 3+8 3+6 f+1 f+4 a 3w c 2+2 2 2+j 2+17 2+11 b+3m 8+1w 2+11 3+1",
  "7+f y+11 3+6 2+12 2 oq 2+1g 4+3 9+3 4 8+9 3+c i+1 2+7 3+1 3+l 2+6 2 4+3 5+2 7+1 3+1 b 5+1 2+2 5+b",
  "3+6 b+5 5+1 3+l 2+6 2+1 2+1 2+1 5+2 p+3 2 8+9 3+2 f 2+6 2 2+2 2+l 2+6 2+1 2+4 4+3 9 2+1 4 g 6+9 j+1",
  "2+7 3+1 3+l 2+6 2+1 3+3 4+1 2 7+1 3+1 b 5+1 2+2 5+a j 2+5 4+2 2+3 4+1 2 2+1 4+1 4+2 4+7 2+2 5+1 2+1",
  "4+2 2+2 b g+b f+2 2+7 2+2 2+m 2+9 2+4 8+3 s+1 5+9 j+1 2+7 2+2 2+m 2+9 2+4 5 2+4 3+1 2+1 a+1 8 2+1",
  "5+9 j+1 2+7 2+2 2+m 2+f 5+2 6+2 2+2 b 9+1 5+9 j+1 2+h 4+n 2+8 2 3+6 9+2 7+7 j+2 d+1b 2+1 d+6 9+c",
  "12+1 2 3+1 2 3 7+3 2+6 2+2 2 2 3+1 2+3 2+1 a 3+4 2 a+9 3+1 z+n 3+q 2 2 6+9 2+x l 6 3+3 1f+7 2+5 3",
  "1d+x 2+4 2+1 2 5 7 8+n 21+11 b+14 3 5+2h 6+1v 6+29 7+6 2+1q 2 2+3 3+6 2 2+3 3+12 2 2+3 3+u 2 2+3 3+6",
  "2 2+3 3+6 2+6 2+m 2+u 2 2+3 3+6 2+12 2+i 7+r 10+2c d+hh b+p 6+28 g+c 2+3 f+h 4+1 a+h f+c 2+2 g+1i",
  "8+7 2+1 c+6 2 4+9 13+9 7+2f 9+14 120+4b 5+2h 7+l 3+5 3+11 3+5 3+7 2 2 2 2+u 3+1g 2+6 2 4+2 2+6 4+3",
  "3+5 5+c 6+2 2+6 i 2r e 3n 5 3+9 2 4+4 7 2 2 2+3 2+2 2+6 4+2 6+4 n+z c3+1w r 7b+25 270+2 q+8 8+4 3+4",
  "5+2d 7+2 2+2h 2+3 6+13 5+2l 2+13 1l+18 4+z t+r 4+1d g+b 5+1a 2+3a 5+2q 3+u 2+52t 23+g4l 2j+wc",
  "1h0+8mb 1nh+565 3+1m 46+6 d+4 sq+p 7+p c+2g 4+5 3+5 3+5 3+2 mc+u 2+3 d+q 52+11 3+11 148j+6t b+12",
  "4+1o 4+8 h+1 8+t 5+1b f7+2c 2+1y 2+1 3 3+1 3+3 2+b 2 2+3 2+1 2+1s 2+3 3+7 2+6 2+r 2+3 2+4 2 4+6 2+9d",
  "5+81 7xz+wye g16+f1 gvz7+1ekd 3+1ekd",
].join(" ");

/** Whether a text keeps the rule of RFC 3454 §6: with letters of both directions, nobody knows what is shown. */
export function keepsDirection(text: string): boolean {
  right ??= expression(rightToLeft);
  left ??= expression(leftToRight);
  if (!right.test(text)) return true;
  const characters = [...text];
  return !left.test(text) && right.test(characters[0]!) && right.test(characters.at(-1)!);
}

/** Made from the tables on first need: most names are ASCII. */
let right: RegExp | undefined;
let left: RegExp | undefined;

function expression(table: string): RegExp {
  let at = 0;
  const ranges = table.split(" ").map((range) => {
    const [gap, more] = range.split("+").map((digits) => Number.parseInt(digits, 36));
    const first = at + gap!;
    at = first + (more ?? 0);
    return `\\u{${first.toString(16)}}-\\u{${at.toString(16)}}`;
  });
  return new RegExp(`[${ranges.join("")}]`, "u");
}
