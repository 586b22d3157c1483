/** Guide, section 5.3.10. */
import { base64, fields, list, object, required, section, text, textChoice } from "../define";

const { operation, pagedOperation } = section("5.3.10", "Faces");

const group = required(text("faceGroupIndexCode", "ID of the face comparison group", { minLength: 1 }));

export const faceOperations = [
  operation("/api/frs/v1/application/picture", {
    summary: "Download an image by its address on a device or server",
    parameters: [
      required(
        text("url", "Image address that begins with Dev://, Server:// or Vsm://", {
          minLength: 1,
          maxLength: 256,
        }),
      ),
    ],
    response: "image",
    example: { url: "Vsm://PIC#20240301#20240301_080000.d:100:2000" },
  }),
  pagedOperation("/api/frs/v1/face", {
    summary: "List the faces of a face comparison group",
    parameters: [group],
    example: { faceGroupIndexCode: "3", pageNo: 1, pageSize: 50 },
    members: ["indexCode", ...fields("personGivenName personFamilyName sex", "faceInfo."), "facePic.faceUrl"],
  }),
  operation("/api/frs/v1/face/deletion", {
    summary: "Remove a face from a face comparison group",
    parameters: [
      required(
        list(
          "indexCodes",
          "ID of the face (exactly one)",
          { type: "string", minLength: 1 },
          { minItems: 1, maxItems: 1 },
        ),
      ),
      group,
      textChoice("deleteFromOrg", "Remove the person from the organization, too", { 0: "no", 1: "yes" }),
    ],
    response: "nothing",
    example: { indexCodes: ["12"], faceGroupIndexCode: "3" },
  }),
  operation("/api/frs/v1/face/single/addition", {
    summary: "Add a face to a face comparison group",
    parameters: [
      text("personIndexCode", "ID of a person of the platform; then faceInfo and facePic are not required"),
      group,
      object("faceInfo", "Person of the face", [
        required(
          text("personGivenName", "Given name; 255 characters with the family name", { maxLength: 255 }),
        ),
        required(text("personFamilyName", "Family name", { maxLength: 255 })),
        textChoice("sex", "Sex", { 0: "unknown", 1: "male", 2: "female" }),
      ]),
      // Required in the table, and ignored if personIndexCode is present.
      object("facePic", "Image of the face", [base64("faceBinaryData", "JPEG of 10 to 100 KB")], {
        requiredUnless: "personIndexCode",
      }),
    ],
    example: {
      faceGroupIndexCode: "3",
      faceInfo: { personGivenName: "Erika", personFamilyName: "Meier", sex: "2" },
      facePic: { faceBinaryData: "/9j/4AAQSkZJRg==" },
    },
    result: ["indexCode"],
  }),
];
