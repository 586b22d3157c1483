/** Parameters of several operations on visitors (guide, section 5.6 and A.1.71). */
import {
  base64,
  choice,
  number,
  object,
  objectList,
  plainText,
  required,
  specialCharacters,
  text,
  time,
} from "./define";
import { cards, customFieldKinds, fingerprints, images } from "./logical-resources/person-parts";
import type { Parameter } from "./types";

const name = { minLength: 1, maxLength: 256, forbidden: specialCharacters };

/** The table has the fields directly in the entries of the list; all examples wrap them in `VisitorInfo`. */
export const visitorInfo: Parameter = required(
  objectList(
    "visitorInfoList",
    "The visitor (exactly one)",
    [
      required(
        object("VisitorInfo", "The visitor", [
          required(text("visitorFamilyName", "Family name", name)),
          required(text("visitorGivenName", "Given name", name)),
          required(choice("gender", "Sex", { 1: "male", 2: "female" })),
          text("email", "E-mail address"),
          text("phoneNo", "Telephone number", { maxLength: 20 }),
          plainText("plateNo", "Number plate", 16),
          text("companyName", "Company", { forbidden: specialCharacters }),
          choice(
            "certificateType",
            "Kind of identification",
            { 111: "identity card", 414: "passport", 335: "driving licence" },
            { requiredWhen: { parameter: "certificateNo" } },
          ),
          text("certificateNo", "Number of the identification", { maxLength: 20 }),
          text("remark", "Remark", { maxLength: 128 }),
          images("faces", "Face images"),
          fingerprints,
          cards,
          // A list of texts in the table.
          objectList("identiPhoto", "Images of the identity card", [
            base64("identiPhotoData", "Image (JPEG)"),
          ]),
          // Names as in the examples; the table refers to the additional fields of persons.
          objectList("customField", "Additional fields", [
            text("customID", "ID of the field", { alsoNamed: ["id"] }),
            text("customFieldName", "Name of the field", { maxLength: 32, alsoNamed: ["customFiledName"] }),
            choice("customFieldType", "Kind of value", customFieldKinds),
            text("customFieldValue", "Value", { maxLength: 128 }),
          ]),
        ]),
      ),
    ],
    { minItems: 1, maxItems: 1 },
  ),
);

const reasons = { 0: "business", 1: "training", 2: "visit", 3: "meeting", 4: "other" };

/** Parameters of a check-in: times, reason and visitor. */
export const visit = {
  reasons,
  parameters: [
    required(time("visitStartTime", "Time of arrival")),
    required(time("visitEndTime", "Time of departure; the visitor's access ends here")),
    required(choice("visitPurposeType", "Reason of the visit", reasons)),
    text("visitPurpose", "Reason in words", { maxLength: 128 }),
    visitorInfo,
  ],
};

/** An array in the table, an object in the examples. */
export const accessInfo = object(
  "accessInfo",
  "Access permissions of the visitor",
  [
    objectList("accessLevelList", "Access levels", [
      object("accessLevel", "Access level", [
        required(number("id", "ID of the access level")),
        object("baseInfo", "Its description", [text("name", "Name")]),
      ]),
    ]),
  ],
  { accepts: ["array"] },
);
