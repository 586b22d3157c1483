/** A car on a road, 64 × 36 pixels, drawn for this simulator. */
const car = Buffer.from(
  [
    "/9j/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/",
    "2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAAR",
    "CAAkAEADASIAAhEBAxEB/8QAGQABAQEBAQEAAAAAAAAAAAAAAAQCBQYB/8QAJhAAAgIBAQYHAAAAAAAAAAAAAAEDBAIRBRIT",
    "FDGxFSE0U4Gi0f/EABUBAQEAAAAAAAAAAAAAAAAAAAAC/8QAFhEBAQEAAAAAAAAAAAAAAAAAABEh/9oADAMBAAIRAxEAPwCE",
    "AFoAURUrE0akjj1xfR7yN+G2/a+y/QJAV+G2/a+y/TEtKxDG5JI9MV1e8gJwAAAAHf2X6CL57srPKWbE/LYwrN8JPojdG5ah",
    "ieGEjWGvkmk+5M1Vx6gk2p6CX47o4V67amiWGcreGvmkkuxitYn5bKF5vhN9GJpcfQAUkAAAAAAAAAAH/9k=",
  ].join(""),
  "base64",
);

const COMMENT = 0xfffe;
const LONGEST_COMMENT = 0xffff;

/**
 * Returns a valid JPEG image.
 *
 * @param bytes minimum size, reached by comments: cameras send images of 300 KB
 */
export function jpeg(bytes = 0): Buffer {
  const parts = [car.subarray(0, 2)];
  let missing = bytes - car.length;
  while (missing > 0) {
    const length = Math.min(missing, LONGEST_COMMENT - 2);
    const comment = Buffer.alloc(length + 4, "x");
    comment.writeUInt16BE(COMMENT, 0);
    comment.writeUInt16BE(length + 2, 2);
    parts.push(comment);
    missing -= length;
  }
  parts.push(car.subarray(2));
  return Buffer.concat(parts);
}

export const jpegSize = { width: 64, height: 36 };
