/** One point of a curve: both coordinates from 0 to 1, y upwards. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/** Bit of each dot inside a braille character, by row and column. */
const DOTS = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/**
 * Draws a curve in braille characters, two dots wide and four high each.
 *
 * @param points In order of x; straight lines join them. @param columns Width. @param rows Height, in characters.
 * @returns One text a row, the upper first; all are `columns` long.
 */
export function brailleCurve(points: readonly CurvePoint[], columns: number, rows: number): string[] {
  const [width, height] = [columns * 2, rows * 4];
  const cells = Array.from({ length: rows }, () => new Uint8Array(columns));
  const dot = (x: number, y: number): void => {
    cells[y >> 2][x >> 1] |= DOTS[y & 3][x & 1];
  };
  const place = ({ x, y }: CurvePoint): [number, number] => [
    Math.round(Math.min(1, Math.max(0, x)) * (width - 1)),
    Math.round((1 - Math.min(1, Math.max(0, y))) * (height - 1)),
  ];
  points.forEach((point, index) => {
    const [x1, y1] = place(point);
    const [x0, y0] = place(points[Math.max(0, index - 1)]);
    const dots = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
    for (let i = 0; i <= dots; i++) dot(Math.round(x0 + (x1 - x0) * i / dots), Math.round(y0 + (y1 - y0) * i / dots));
  });
  return cells.map((row) => String.fromCharCode(...Array.from(row, (bits) => 0x2800 + bits)));
}
