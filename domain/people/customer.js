export const roles = ["customer", "admin", "viewer"];
export const customerStatuses = ["pending", "active", "rejected", "blocked"];
export const languages = ["en", "ru"];
/**
 * The language for Telegram's IETF tag (`ru-RU`, `uk`, absent); English for
 * languages we do not have.
 */
export function languageOf(code) {
    const primary = (code ?? "").toLowerCase().split("-")[0];
    return languages.find((language) => language === primary) ?? "en";
}
const longestName = 128;
/**
 * Characters that take up no room or change the direction around them; the Braille
 * blank is invisible too.
 */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/**
 * Makes a person's own words fit for one line: without invisible, control and direction characters,
 * not empty, at most 128 characters. Tidy text is returned unchanged.
 */
export function tidyName(text, fallback) {
    const flat = text
        .replaceAll(invisible, "")
        .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, " ")
        .trim();
    return Array.from(flat).slice(0, longestName).join("").trim() || fallback;
}
/** A profile's names as they are stored; null where it has none. */
export function namesOf({ firstName, lastName, username }) {
    return {
        firstName: tidyName(firstName, "—"),
        lastName: lastName ? tidyName(lastName, "—") : null,
        username: username !== undefined && /^\w{1,64}$/u.test(username) ? username : null,
    };
}
/** Whether a customer is stored under the names in this profile. */
export function isKnownAs(customer, profile) {
    const names = namesOf(profile);
    return (names.firstName === customer.firstName &&
        names.lastName === (customer.lastName ?? null) &&
        names.username === (customer.username ?? null));
}
/** First and last name in one tidy line. */
export function displayName(person) {
    return tidyName(`${person.firstName} ${person.lastName ?? ""}`, "—");
}
/** The inviting person named by a deep link's payload (`ref_<id>`); undefined for anything else. */
export function referrerOf(payload, self) {
    const digits = /^ref_?(\d{1,15})$/u.exec(payload ?? "")?.[1];
    const id = Number(digits);
    return digits !== undefined && id > 0 && id !== self ? id : undefined;
}
