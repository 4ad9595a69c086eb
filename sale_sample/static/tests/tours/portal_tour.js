import { registry } from "@web/core/registry";
import { redirect } from "@web/core/utils/urls";

registry.category("web_tour.tours").add("sale_sample_portal_changes", {
    steps: () => [
        {
            content: "A sample waits for me",
            trigger: ".o_portal_docs a[href='/my/samples?filterby=waiting']:contains(Samples to answer or sign)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Open it",
            trigger: ".o_portal_my_doc_table tr:contains(Awaits Your Answer) a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The value measured is shown",
            trigger: ".o_sample_values tr:contains(Hardness T):contains(65 Shore A):has(.fa-check)",
        },
        {
            content: "The photo has come",
            trigger: ".o_sample_photos img:not([src=''])",
            async run() {
                await this.anchor.decode();
            },
        },
        {
            content: "Nothing written yet: refused, and nothing is lost",
            trigger: "#comment_general",
            run: "edit Please hurry",
        },
        {
            trigger: ".o_sample_send_changes",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_sample_refusal:contains(what is to be changed)",
        },
        {
            trigger: "#comment_general:value(Please hurry)",
        },
        {
            content: "Two parts are to be changed",
            trigger: "#comment_style",
            run: "edit Toe too round",
        },
        {
            trigger: "#comment_packing",
            run: "edit One box a pair",
        },
        {
            trigger: ".o_sample_send_changes",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains(We have your points)",
        },
        {
            content: "The points stand under the round, and the next one is being made",
            trigger: "[data-round='1'] .o_sample_verdict:contains(Toe too round):contains(One box a pair)",
        },
        {
            trigger: ".o_sample_event_open:contains(The next round is in the making)",
        },
    ],
});

registry.category("web_tour.tours").add("sale_sample_portal_sign", {
    steps: () => [
        {
            content: "Open the sample that waits",
            trigger: ".o_portal_my_doc_table tr:contains(Awaits Your Answer) a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The points of round 1 are to be judged",
            trigger: "#sample_answer .form-check:contains(Toe too round)",
        },
        {
            content: "All is well: approve and sign",
            trigger: "#sidebar_content .o_sample_approve:contains(Approve and Sign)",
            run: "click",
        },
        {
            trigger: ".modal .o_web_sign_name_and_signature input",
            run: "edit Lin Haiyan",
        },
        {
            trigger: ".modal canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            trigger: ".modal .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains(approved and signed)",
        },
        {
            content: "The signature stands under the round",
            trigger: "[data-round='2'] .o_sample_signature:contains(Lin Haiyan):has(code)",
        },
        {
            content: "Nothing is left to answer",
            trigger: "body:not(:has(#sample_answer))",
            run() {
                redirect("/my/samples?filterby=closed");
            },
            expectUnloadPage: true,
        },
        {
            trigger: ".o_portal_my_doc_table tr:contains(Approved)",
        },
    ],
});
